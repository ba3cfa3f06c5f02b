// Made from the catalogue by `python -m tools.generator_types`; do not edit.

/** The id of an earlier generation. */
export type Artifact = string;

/** What each generator that ships with Boards takes, by its name. */
export interface GeneratorInputs {
  /** Instrumental music from a description, free to use in products */
  "beatoven-music-generation": {
    /** Genre, instruments, mood and pace. */
    prompt: string;
    /** How long it is, in seconds. 5 to 150. By default 90. */
    duration?: number;
    /** Steps: more is slower and cleaner. 10 to 200. By default 100. */
    refinement?: number;
    /** More strays further from the description. 1 to 20. By default 16. */
    creativity?: number;
    /** The same seed and inputs give a similar result. 0 to 2147483647. */
    seed?: number | null;
    /** What shall not occur. By default "". */
    negative_prompt?: string;
  };
  /** Speech within a blink, in 32 languages */
  "elevenlabs-flash-v2.5": {
    /** What is said. 1 to 40000 characters. */
    text: string;
    /** Id of the voice: JBFqnCBsd6RMkjVDRZzb is George, EXAVITQu4vr4xnSDxMaL Sarah; others are in the account. By default "JBFqnCBsd6RMkjVDRZzb". */
    voice?: string;
    /** Less is more emotional, more is steadier. 0.0 to 1.0. */
    stability?: number | null;
    /** How near it keeps to the original voice. 0.0 to 1.0. */
    similarity_boost?: number | null;
    /** How much the style of the voice is exaggerated. 0.0 to 1.0. */
    style?: number | null;
    /** 1 is natural. 0.7 to 1.2. */
    speed?: number | null;
    /** The same seed and inputs mostly give the same speech. 0 to 4294967295. */
    seed?: number | null;
    /** What is said before it, for an even flow. */
    previous_text?: string | null;
    /** What is said after it, for an even flow. */
    next_text?: string | null;
    /** Codec, sample rate and bit rate. By default "mp3_44100_128". */
    output_format?: "mp3_22050_32" | "mp3_44100_32" | "mp3_44100_64" | "mp3_44100_96" | "mp3_44100_128" | "mp3_44100_192" | "wav_44100";
  };
  /** Lifelike, even speech in 29 languages */
  "elevenlabs-multilingual-v2": {
    /** What is said. 1 to 10000 characters. */
    text: string;
    /** Id of the voice: JBFqnCBsd6RMkjVDRZzb is George, EXAVITQu4vr4xnSDxMaL Sarah; others are in the account. By default "JBFqnCBsd6RMkjVDRZzb". */
    voice?: string;
    /** Less is more emotional, more is steadier. 0.0 to 1.0. */
    stability?: number | null;
    /** How near it keeps to the original voice. 0.0 to 1.0. */
    similarity_boost?: number | null;
    /** How much the style of the voice is exaggerated. 0.0 to 1.0. */
    style?: number | null;
    /** 1 is natural. 0.7 to 1.2. */
    speed?: number | null;
    /** The same seed and inputs mostly give the same speech. 0 to 4294967295. */
    seed?: number | null;
    /** What is said before it, for an even flow. */
    previous_text?: string | null;
    /** What is said after it, for an even flow. */
    next_text?: string | null;
    /** Codec, sample rate and bit rate. By default "mp3_44100_128". */
    output_format?: "mp3_22050_32" | "mp3_44100_32" | "mp3_44100_64" | "mp3_44100_96" | "mp3_44100_128" | "mp3_44100_192" | "wav_44100";
  };
  /** Songs and instrumental pieces from a description */
  "elevenlabs-music-v1": {
    /** Genre, instruments, mood, and what is sung. At least 1 characters. */
    prompt: string;
    /** How long it is. 3 to 600. By default 30. */
    duration?: number;
    /** Nobody sings. By default false. */
    force_instrumental?: boolean;
    /** Codec, sample rate and bit rate. By default "mp3_44100_128". */
    output_format?: "mp3_22050_32" | "mp3_44100_32" | "mp3_44100_64" | "mp3_44100_96" | "mp3_44100_128" | "mp3_44100_192";
  };
  /** Songs and instrumental pieces that follow a description part by part */
  "elevenlabs-music-v2": {
    /** Genre, instruments, mood, and what is sung. At least 1 characters. */
    prompt: string;
    /** How long it is. 3 to 600. By default 30. */
    duration?: number;
    /** Nobody sings. By default false. */
    force_instrumental?: boolean;
    /** Codec, sample rate and bit rate. By default "mp3_44100_128". */
    output_format?: "mp3_22050_32" | "mp3_44100_32" | "mp3_44100_64" | "mp3_44100_96" | "mp3_44100_128" | "mp3_44100_192";
  };
  /** Noises, ambiences and impacts from a description */
  "elevenlabs-sound-effects-v2": {
    /** What is heard. At least 1 characters. */
    text: string;
    /** Without one the length follows from the text. 0.5 to 30.0. */
    duration_seconds?: number | null;
    /** More keeps closer to the text, less varies more. 0.0 to 1.0. By default 0.3. */
    prompt_influence?: number;
    /** The end leads into the beginning. By default false. */
    loop?: boolean;
    /** Codec, sample rate and bit rate. By default "mp3_44100_128". */
    output_format?: "mp3_22050_32" | "mp3_44100_32" | "mp3_44100_64" | "mp3_44100_96" | "mp3_44100_128" | "mp3_44100_192" | "wav_44100";
  };
  /** Noises, ambiences and game sounds from a description */
  "fal-beatoven-sound-effect-generation": {
    /** What is heard. */
    prompt: string;
    /** How long it is, in seconds. 1 to 35. By default 5. */
    duration?: number;
    /** Steps: more is slower and cleaner. 10 to 200. By default 40. */
    refinement?: number;
    /** More strays further from the description. 1 to 20. By default 16. */
    creativity?: number;
    /** What shall not occur. By default "". */
    negative_prompt?: string;
    /** The same seed and inputs give a similar result. 0 to 2147483647. */
    seed?: number | null;
  };
  /** Cuts out what stands in front, on transparent ground */
  "fal-bria-background-remove": {
    /** The image to cut out. Takes image. */
    image_url: Artifact;
  };
  /** Brings an image to life, with sound, and may end on another image */
  "fal-bytedance-seedance-v1-5-pro-image-to-video": {
    /** What happens, and how the camera moves. */
    prompt: string;
    /** The first frame. Takes image. */
    image: Artifact;
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "21:9" | "16:9" | "4:3" | "1:1" | "3:4" | "9:16";
    /** More is slower and dearer. By default "720p". */
    resolution?: "480p" | "720p";
    /** How long it is, in seconds. 4 to 12. By default 5. */
    duration?: number;
    /** The last frame. Takes image. */
    end_image?: Artifact | null;
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
    /** Keep the camera still. By default false. */
    camera_fixed?: boolean;
    /** The same seed and inputs give a similar result. */
    seed?: number | null;
  };
  /** Video with matching sound from a description */
  "fal-bytedance-seedance-v1-5-pro-text-to-video": {
    /** What happens, and how the camera moves. */
    prompt: string;
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "21:9" | "16:9" | "4:3" | "1:1" | "3:4" | "9:16";
    /** More is slower and dearer. By default "720p". */
    resolution?: "480p" | "720p" | "1080p";
    /** How long it is, in seconds. 4 to 12. By default 5. */
    duration?: number;
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
    /** Check inputs and result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** Keep the camera still. By default false. */
    camera_fixed?: boolean;
    /** The same seed and inputs give a similar result. */
    seed?: number | null;
  };
  /** Brings an image to life, silently, and may end on another image */
  "fal-bytedance-seedance-v1-pro-image-to-video": {
    /** What happens, and how the camera moves. */
    prompt: string;
    /** The first frame. Takes image. */
    image: Artifact;
    /** Shape of the video. By default "auto". */
    aspect_ratio?: "21:9" | "16:9" | "4:3" | "1:1" | "3:4" | "9:16" | "auto";
    /** More is slower and dearer. By default "1080p". */
    resolution?: "480p" | "720p" | "1080p";
    /** How long it is, in seconds. By default "5". */
    duration?: "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "10" | "11" | "12";
    /** The last frame. Takes image. */
    end_image?: Artifact | null;
    /** Keep the camera still. By default false. */
    camera_fixed?: boolean;
    /** The same seed and inputs give a similar result. */
    seed?: number | null;
    /** Check inputs and result before it is given out. By default true. */
    enable_safety_checker?: boolean;
  };
  /** Silent video of two to twelve seconds from a description */
  "fal-bytedance-seedance-v1-pro-text-to-video": {
    /** What happens, and how the camera moves. */
    prompt: string;
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "21:9" | "16:9" | "4:3" | "1:1" | "3:4" | "9:16";
    /** More is slower and dearer. By default "1080p". */
    resolution?: "480p" | "720p" | "1080p";
    /** How long it is, in seconds. By default "5". */
    duration?: "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "10" | "11" | "12";
    /** Check inputs and result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** Keep the camera still. By default false. */
    camera_fixed?: boolean;
    /** The same seed and inputs give a similar result. */
    seed?: number | null;
  };
  /** Edits and combines up to ten images, at up to 4K */
  "fal-bytedance-seedream-v45-edit": {
    /** What shall change. */
    prompt: string;
    /** The images to edit or to combine. Takes image. 1 to 10 of them. */
    image_sources: (Artifact)[];
    /** How many images to make. 1 to 6. By default 1. */
    num_images?: number;
    /** Shape and size of the image. */
    image_size?: "square_hd" | "square" | "portrait_4_3" | "portrait_16_9" | "landscape_4_3" | "landscape_16_9" | "auto_2K" | "auto_4K" | null;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
  };
  /** Edits and combines up to ten images, for less */
  "fal-bytedance-seedream-v5-lite-edit": {
    /** What shall change. */
    prompt: string;
    /** The images to edit or to combine. Takes image. 1 to 10 of them. */
    image_sources: (Artifact)[];
    /** How many images to make. 1 to 6. By default 1. */
    num_images?: number;
    /** Shape and size of the image. */
    image_size?: "square_hd" | "square" | "portrait_4_3" | "portrait_16_9" | "landscape_4_3" | "landscape_16_9" | "auto_2K" | "auto_4K" | null;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
  };
  /** Expressive speech in a voice that may be copied from a sample */
  "fal-chatterbox-text-to-speech": {
    /** What is said. At least 1 characters. */
    text: string;
    /** Address of a sample of the voice to speak in. */
    audio_url?: string | null;
    /** More is more dramatic. 0.0 to 1.0. By default 0.25. */
    exaggeration?: number;
    /** More varies more. 0.05 to 2.0. By default 0.7. */
    temperature?: number;
    /** More keeps to the pace of the sample. 0.1 to 1.0. By default 0.5. */
    cfg?: number;
    /** The same seed and inputs give a similar result. */
    seed?: number | null;
  };
  /** Quick speech in twenty voices, or in the voice of a recording */
  "fal-chatterbox-tts-turbo": {
    /** What is said. At least 1 characters. */
    text: string;
    /** Who says it. By default "lucy". */
    voice?: "aaron" | "abigail" | "anaya" | "andy" | "archer" | "brian" | "chloe" | "dylan" | "emmanuel" | "ethan" | "evelyn" | "gavin" | "gordon" | "ivan" | "laura" | "lucy" | "madison" | "marisol" | "meera" | "walter";
    /** A recording of the voice to speak in, in place of the named one. Takes audio. */
    audio_url?: Artifact | null;
    /** More varies more. 0.05 to 2.0. By default 0.8. */
    temperature?: number;
    /** The same seed and inputs give a similar result. */
    seed?: number | null;
  };
  /** Enlarges an image and invents fitting detail */
  "fal-clarity-upscaler": {
    /** The image to enlarge. Takes image. */
    image_url: Artifact;
    /** What the image shows, and how good it shall be. By default "masterpiece, best quality, highres". */
    prompt?: string;
    /** How many times larger each side becomes. 1.0 to 4.0. By default 2.0. */
    upscale_factor?: number;
    /** What the image shall not show. By default "(worst quality, low quality, normal quality:2)". */
    negative_prompt?: string;
    /** How much the model may invent. 0.0 to 1.0. By default 0.35. */
    creativity?: number;
    /** How closely to keep to the source. 0.0 to 1.0. By default 0.6. */
    resemblance?: number;
    /** How closely to keep to the prompt. 0.0 to 20.0. By default 4.0. */
    guidance_scale?: number;
    /** More are slower and finer. 4 to 50. By default 18. */
    num_inference_steps?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
  };
  /** Moves a speaker's lips to another recording */
  "fal-creatify-lipsync": {
    /** The video of the speaker. Takes video. */
    video: Artifact;
    /** What is said. Takes audio. */
    audio: Artifact;
    /** Repeat the video until the recording ends. By default true. */
    loop?: boolean;
  };
  /** Enlarges an image and keeps faces as they are */
  "fal-crystal-upscaler": {
    /** The image to enlarge. Takes image. */
    image_url: Artifact;
    /** How many times larger each side becomes. 1 to 200. By default 2. */
    scale_factor?: number;
  };
  /** Noises, ambiences and loops from a description */
  "fal-elevenlabs-sound-effects-v2": {
    /** What is heard. */
    text: string;
    /** Without one the length follows from the text. 0.5 to 22.0. */
    duration_seconds?: number | null;
    /** More keeps closer to the text, less varies more. 0.0 to 1.0. By default 0.3. */
    prompt_influence?: number;
    /** Codec, sample rate and bit rate. By default "mp3_44100_128". */
    output_format?: "mp3_22050_32" | "mp3_44100_32" | "mp3_44100_64" | "mp3_44100_96" | "mp3_44100_128" | "mp3_44100_192" | "pcm_8000" | "pcm_16000" | "pcm_22050" | "pcm_24000" | "pcm_44100" | "pcm_48000" | "ulaw_8000" | "alaw_8000" | "opus_48000_32" | "opus_48000_64" | "opus_48000_96" | "opus_48000_128" | "opus_48000_192";
    /** The end leads into the beginning. By default false. */
    loop?: boolean;
  };
  /** ElevenLabs' most expressive speech */
  "fal-elevenlabs-tts-eleven-v3": {
    /** What is said. At least 1 characters. */
    text: string;
    /** Who says it. By default "Rachel". */
    voice?: string;
    /** Less is more emotional, more is steadier. 0.0 to 1.0. By default 0.5. */
    stability?: number;
    /** How near it keeps to the original voice. 0.0 to 1.0. By default 0.75. */
    similarity_boost?: number;
    /** How much the style of the voice is exaggerated. 0.0 to 1.0. By default 0.0. */
    style?: number;
    /** 1 is natural. 0.7 to 1.2. By default 1.0. */
    speed?: number;
    /** Tell when each word is said. By default false. */
    timestamps?: boolean;
    /** What is said before it, for an even flow. */
    previous_text?: string | null;
    /** What is said after it, for an even flow. */
    next_text?: string | null;
    /** Language in two letters, such as en. */
    language_code?: string | null;
  };
  /** ElevenLabs' quick speech in many languages */
  "fal-elevenlabs-tts-turbo-v2-5": {
    /** What is said. At least 1 characters. */
    text: string;
    /** Who says it. By default "Rachel". */
    voice?: string;
    /** Less is more emotional, more is steadier. 0.0 to 1.0. By default 0.5. */
    stability?: number;
    /** How near it keeps to the original voice. 0.0 to 1.0. By default 0.75. */
    similarity_boost?: number;
    /** How much the style of the voice is exaggerated. 0.0 to 1.0. By default 0.0. */
    style?: number;
    /** 1 is natural. 0.7 to 1.2. By default 1.0. */
    speed?: number;
    /** Tell when each word is said. By default false. */
    timestamps?: boolean;
    /** Language in two letters, such as en. */
    language_code?: string | null;
    /** What is said before it, for an even flow. */
    previous_text?: string | null;
    /** What is said after it, for an even flow. */
    next_text?: string | null;
  };
  /** Images from the open model of the family, quick and detailed */
  "fal-flux-2": {
    /** What the image shows. */
    prompt: string;
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape and size of the image. By default "landscape_4_3". */
    image_size?: "square_hd" | "square" | "portrait_4_3" | "portrait_16_9" | "landscape_4_3" | "landscape_16_9";
    /** Quicker, at some loss of quality. By default "regular". */
    acceleration?: "none" | "regular" | "high";
    /** File format. By default "png". */
    output_format?: "jpeg" | "png" | "webp";
    /** Let a language model write the prompt out. By default false. */
    enable_prompt_expansion?: boolean;
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** How closely to keep to the prompt. 0.0 to 20.0. By default 2.5. */
    guidance_scale?: number;
    /** More are slower and finer. 4 to 50. By default 28. */
    num_inference_steps?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** Send the result inside the answer, so that fal does not keep it. By default true. */
    sync_mode?: boolean;
  };
  /** Edits and combines up to three images by instruction */
  "fal-flux-2-edit": {
    /** What shall change. */
    prompt: string;
    /** The images to edit or to combine. Takes image. 1 to 3 of them. */
    image_sources: (Artifact)[];
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape and size of the image; without one those of the source. */
    image_size?: ("square_hd" | "portrait_4_3" | "landscape_16_9") | ({
      /** 512 to 2048. */
      width: number;
      /** 512 to 2048. */
      height: number;
    }) | null;
    /** Quicker, at some loss of quality. By default "regular". */
    acceleration?: "none" | "regular" | "high";
    /** More are slower and finer. 4 to 50. By default 28. */
    num_inference_steps?: number;
    /** File format. By default "png". */
    output_format?: "jpeg" | "png" | "webp";
    /** How closely to keep to the prompt. 0.0 to 20.0. By default 2.5. */
    guidance_scale?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** Let a language model write the prompt out. By default false. */
    enable_prompt_expansion?: boolean;
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
  };
  /** Images with exact text, with steps and guidance to set */
  "fal-flux-2-flex": {
    /** What the image shows. */
    prompt: string;
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape and size of the image. By default "landscape_4_3". */
    image_size?: "square_hd" | "square" | "portrait_4_3" | "portrait_16_9" | "landscape_4_3" | "landscape_16_9";
    /** File format. By default "png". */
    output_format?: "jpeg" | "png" | "webp";
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** How closely to keep to the prompt. 0.0 to 20.0. By default 3.5. */
    guidance_scale?: number;
    /** More are slower and finer. 1 to 50. By default 28. */
    num_inference_steps?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** Send the result inside the answer, so that fal does not keep it. By default true. */
    sync_mode?: boolean;
  };
  /** Images with subjects and styles that were taught to FLUX.2 [dev] */
  "fal-flux-2-lora": {
    /** What the image shows, with the words that call what was taught. */
    prompt: string;
    /** Up to three, which are mixed. 1 to 3 of them. */
    loras: ({
      /** A trained or uploaded LoRA for this model. Takes lora. */
      path: Artifact;
      /** How strongly it shows. 0.0 to 4.0. By default 1.0. */
      scale?: number;
    })[];
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape and size of the image. By default "landscape_4_3". */
    image_size?: "square_hd" | "square" | "portrait_4_3" | "portrait_16_9" | "landscape_4_3" | "landscape_16_9";
    /** More are slower and finer. 4 to 50. By default 28. */
    num_inference_steps?: number;
    /** How closely to keep to the prompt. 0.0 to 20.0. By default 2.5. */
    guidance_scale?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** Quicker, at some loss of quality. By default "regular". */
    acceleration?: "none" | "regular" | "high";
    /** Let a language model write the prompt out. By default false. */
    enable_prompt_expansion?: boolean;
    /** File format. By default "png". */
    output_format?: "jpeg" | "png" | "webp";
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
  };
  /** Photographs and graphics with exact text and few artefacts */
  "fal-flux-2-pro": {
    /** What the image shows. */
    prompt: string;
    /** Shape and size of the image. By default "landscape_4_3". */
    image_size?: "square_hd" | "square" | "portrait_4_3" | "portrait_16_9" | "landscape_4_3" | "landscape_16_9";
    /** File format. By default "jpeg". */
    output_format?: "jpeg" | "png";
    /** 1 refuses the most, the highest the least. By default "2". */
    safety_tolerance?: "1" | "2" | "3" | "4" | "5";
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** Send the result inside the answer, so that fal does not keep it. By default true. */
    sync_mode?: boolean;
  };
  /** Edits and combines up to nine images by instruction */
  "fal-flux-2-pro-edit": {
    /** What shall change. */
    prompt: string;
    /** The images to edit or to combine. Takes image. 1 to 9 of them. */
    image_sources: (Artifact)[];
    /** Shape and size of the image. By default "auto". */
    image_size?: "auto" | "square_hd" | "square" | "portrait_4_3" | "portrait_16_9" | "landscape_4_3" | "landscape_16_9" | null;
    /** File format. By default "jpeg". */
    output_format?: "jpeg" | "png";
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
    /** 1 refuses the most, the highest the least. By default "2". */
    safety_tolerance?: "1" | "2" | "3" | "4" | "5";
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
  };
  /** Teaches FLUX.2 [dev] a subject or a style */
  "fal-flux-2-trainer": {
    /** What is learned: at least four images of it, better twenty; they travel as one archive. Takes image. 4 to 100 of them. */
    images: (Artifact)[];
    /** What the images show; the same words will call it in prompts. At least 1 characters. */
    default_caption: string;
    /** More learns it closer, and costs more. 1 to 10000. By default 1000. */
    steps?: number;
    /** More learns faster and coarser. 1e-06 to 0.001. By default 5e-05. */
    learning_rate?: number;
    /** How the weights are named: for fal's models or for ComfyUI. By default "fal". */
    output_lora_format?: "fal" | "comfy";
  };
  /** Edits an image by instruction, in ways that were taught */
  "fal-flux-kontext-lora": {
    /** What shall change. */
    prompt: string;
    /** The image to edit. Takes image. */
    image_url: Artifact;
    /** Up to three, which are mixed. 1 to 3 of them. */
    loras: ({
      /** A trained or uploaded LoRA for this model. Takes lora. */
      path: Artifact;
      /** How strongly it shows. 0.0 to 4.0. By default 1.0. */
      scale?: number;
    })[];
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape of the image; auto picks the nearest usual one. By default "match_input". */
    resolution_mode?: "auto" | "match_input" | "1:1" | "16:9" | "21:9" | "3:2" | "2:3" | "4:5" | "5:4" | "3:4" | "4:3" | "9:16" | "9:21";
    /** How closely to keep to the prompt. 0.0 to 20.0. By default 2.5. */
    guidance_scale?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** File format. By default "png". */
    output_format?: "jpeg" | "png";
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
  };
  /** Images with subjects and styles that were taught to FLUX.1 [dev] */
  "fal-flux-lora": {
    /** What the image shows, with the word that calls what was taught. */
    prompt: string;
    /** Up to three, which are mixed. 1 to 3 of them. */
    loras: ({
      /** A trained or uploaded LoRA for this model. Takes lora. */
      path: Artifact;
      /** How strongly it shows. 0.0 to 4.0. By default 1.0. */
      scale?: number;
    })[];
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape and size of the image. By default "landscape_4_3". */
    image_size?: "square_hd" | "square" | "portrait_4_3" | "portrait_16_9" | "landscape_4_3" | "landscape_16_9";
    /** More are slower and finer. 1 to 50. By default 28. */
    num_inference_steps?: number;
    /** How closely to keep to the prompt. 0.0 to 35.0. By default 3.5. */
    guidance_scale?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** File format. By default "jpeg". */
    output_format?: "jpeg" | "png";
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
  };
  /** Teaches FLUX.1 [dev] a subject or a style from a few images, within minutes */
  "fal-flux-lora-fast-training": {
    /** What is learned: at least four images of it, better twenty; they travel as one archive. Takes image. 4 to 100 of them. */
    images: (Artifact)[];
    /** The word that will call it in prompts, one that means nothing else. By default "". */
    trigger_word?: string;
    /** More learns it closer, and costs more. 1 to 10000. By default 1000. */
    steps?: number;
    /** It is a style, not a person or a thing. By default false. */
    is_style?: boolean;
    /** Attend to the subject and its face more than to what is around it. By default true. */
    create_masks?: boolean;
  };
  /** Teaches FLUX.1 [dev] a face, with bright highlights and fine detail */
  "fal-flux-lora-portrait-trainer": {
    /** What is learned: at least four images of it, better twenty; they travel as one archive. Takes image. 4 to 100 of them. */
    images: (Artifact)[];
    /** The words that will call it in prompts. By default "". */
    trigger_phrase?: string;
    /** More learns it closer, and costs more. 1 to 10000. By default 2500. */
    steps?: number;
    /** More learns faster and coarser. 1e-06 to 0.001. By default 9e-05. */
    learning_rate?: number;
    /** Learn it large and small. By default true. */
    multiresolution_training?: boolean;
    /** Cut the images to the face. By default true. */
    subject_crop?: boolean;
  };
  /** Edits an image by instruction and leaves the rest as it is */
  "fal-flux-pro-kontext": {
    /** What shall change. */
    prompt: string;
    /** The image to work on. Takes image. */
    image_url: Artifact;
    /** Shape of the image; without one that of the source. */
    aspect_ratio?: "21:9" | "16:9" | "4:3" | "3:2" | "1:1" | "2:3" | "3:4" | "9:16" | "9:21" | null;
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** File format. By default "jpeg". */
    output_format?: "jpeg" | "png";
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
    /** 1 refuses the most, the highest the least. By default "2". */
    safety_tolerance?: string;
    /** How closely to keep to the prompt. 1.0 to 20.0. By default 3.5. */
    guidance_scale?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** Let a language model write the prompt out. By default false. */
    enhance_prompt?: boolean;
  };
  /** Large photographs of up to four megapixels */
  "fal-flux-pro-ultra": {
    /** What the image shows. */
    prompt: string;
    /** Shape of the image. By default "16:9". */
    aspect_ratio?: "21:9" | "16:9" | "4:3" | "3:2" | "1:1" | "2:3" | "3:4" | "9:16" | "9:21";
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** 1 refuses the most, the highest the least. 1 to 6. By default 2. */
    safety_tolerance?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** File format. By default "jpeg". */
    output_format?: "jpeg" | "png";
    /** Let a language model write the prompt out. By default false. */
    enhance_prompt?: boolean;
    /** Less polished, closer to a photograph. By default false. */
    raw?: boolean;
    /** Send the result inside the answer, so that fal does not keep it. By default true. */
    sync_mode?: boolean;
  };
  /** Quick images that follow a conversation-like prompt */
  "fal-gemini-25-flash-image": {
    /** What the image shows. 3 to 5000 characters. */
    prompt: string;
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape of the image. By default "1:1". */
    aspect_ratio?: "21:9" | "16:9" | "3:2" | "4:3" | "5:4" | "1:1" | "4:5" | "3:4" | "2:3" | "9:16";
    /** File format. By default "png". */
    output_format?: "jpeg" | "png" | "webp";
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
    /** Make one image per round, whatever the prompt asks for. By default false. */
    limit_generations?: boolean;
  };
  /** Edits and combines images by instruction, quickly */
  "fal-gemini-25-flash-image-edit": {
    /** What shall change. 3 to 5000 characters. */
    prompt: string;
    /** The images to edit or to combine. Takes image. At least 1 of them. */
    image_sources: (Artifact)[];
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape of the image. By default "auto". */
    aspect_ratio?: "auto" | "21:9" | "16:9" | "3:2" | "4:3" | "5:4" | "1:1" | "4:5" | "3:4" | "2:3" | "9:16" | null;
    /** File format. By default "png". */
    output_format?: "jpeg" | "png" | "webp";
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
    /** Make one image per round, whatever the prompt asks for. By default false. */
    limit_generations?: boolean;
  };
  /** Images that follow long instructions, also with transparent ground */
  "fal-gpt-image-1-5": {
    /** What the image shows. At least 2 characters. */
    prompt: string;
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape and size of the image. By default "1024x1024". */
    image_size?: "1024x1024" | "1536x1024" | "1024x1536";
    /** Transparent needs PNG or WebP. By default "auto". */
    background?: "auto" | "transparent" | "opaque";
    /** More is slower and dearer. By default "high". */
    quality?: "low" | "medium" | "high";
    /** File format. By default "png". */
    output_format?: "jpeg" | "png" | "webp";
  };
  /** Edits and combines images by instruction */
  "fal-gpt-image-1-edit-image": {
    /** What shall change. 1 to 32000 characters. */
    prompt: string;
    /** The images to edit or to combine. Takes image. At least 1 of them. */
    image_urls: (Artifact)[];
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape and size of the image. By default "auto". */
    image_size?: "auto" | "1024x1024" | "1536x1024" | "1024x1536";
    /** How closely to keep to faces and details of the sources. By default "low". */
    input_fidelity?: "low" | "high";
    /** More is slower and dearer. By default "auto". */
    quality?: "auto" | "low" | "medium" | "high";
  };
  /** Inexpensive images that follow long instructions */
  "fal-gpt-image-1-mini": {
    /** What the image shows. 3 to 5000 characters. */
    prompt: string;
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** File format. By default "jpeg". */
    output_format?: "jpeg" | "png" | "webp";
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
  };
  /** Edits and combines images by instruction, with or without a mask */
  "fal-gpt-image-15-edit": {
    /** What shall change. 2 to 32000 characters. */
    prompt: string;
    /** The images to edit or to combine. Takes image. At least 1 of them. */
    image_urls: (Artifact)[];
    /** Where to edit. Takes image. */
    mask_image_url?: Artifact | null;
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape and size of the image. By default "auto". */
    image_size?: "auto" | "1024x1024" | "1536x1024" | "1024x1536";
    /** More is slower and dearer. By default "high". */
    quality?: "low" | "medium" | "high";
    /** How closely to keep to faces and details of the sources. By default "high". */
    input_fidelity?: "low" | "high";
    /** File format. By default "png". */
    output_format?: "jpeg" | "png" | "webp";
    /** Transparent needs PNG or WebP. By default "auto". */
    background?: "auto" | "transparent" | "opaque";
  };
  /** Goes on from the last frame of a video */
  "fal-grok-imagine-video-extend-video": {
    /** What happens next. At most 4096 characters. */
    prompt: string;
    /** The video that goes on. Takes video. */
    video: Artifact;
    /** How many seconds are added. 2 to 10. By default 6. */
    duration?: number;
  };
  /** Video in which up to seven given people or things appear */
  "fal-grok-imagine-video-reference-to-video": {
    /** What happens, and how the camera moves. At most 4096 characters. */
    prompt: string;
    /** People and things that appear. Takes image. 1 to 7 of them. */
    reference_images: (Artifact)[];
    /** How long it is, in seconds. 1 to 10. By default 8. */
    duration?: number;
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "16:9" | "4:3" | "3:2" | "1:1" | "2:3" | "3:4" | "9:16";
    /** More is slower and dearer. By default "480p". */
    resolution?: "480p" | "720p";
  };
  /** Keeps a character the same from image to image */
  "fal-ideogram-character": {
    /** What the image shows. */
    prompt: string;
    /** Images of the character, of which one is used. Takes image. At least 1 of them. */
    reference_image_urls: (Artifact)[];
    /** A named shape such as square_hd or landscape_16_9, or width and height. By default "square_hd". */
    image_size?: (string) | (Record<string, unknown>);
    /** Kind of picture. By default "AUTO". */
    style?: "AUTO" | "REALISTIC" | "FICTION";
    /** Let a language model write the prompt out. By default true. */
    expand_prompt?: boolean;
    /** Quality is slower and dearer. By default "BALANCED". */
    rendering_speed?: "TURBO" | "BALANCED" | "QUALITY";
    /** How many images to make. 1 to 8. By default 1. */
    num_images?: number;
    /** What the image shall not show. */
    negative_prompt?: string | null;
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** Where in the references the character is. Takes image. */
    reference_mask_urls?: (Artifact)[] | null;
    /** Images whose style to take. Takes image. */
    image_urls?: (Artifact)[] | null;
    /** Codes of styles, of eight letters and digits. */
    style_codes?: (string)[] | null;
    /** A named palette, or colours with weights. */
    color_palette?: Record<string, unknown> | null;
  };
  /** Puts a known character into a masked part of an image */
  "fal-ideogram-character-edit": {
    /** What the image shows. */
    prompt: string;
    /** The image to edit. Takes image. */
    image_url: Artifact;
    /** Where to edit. Takes image. */
    mask_url: Artifact;
    /** Images of the character, of which one is used. Takes image. At least 1 of them. */
    reference_image_urls: (Artifact)[];
    /** Kind of picture. By default "AUTO". */
    style?: "AUTO" | "REALISTIC" | "FICTION";
    /** Let a language model write the prompt out. By default true. */
    expand_prompt?: boolean;
    /** Quality is slower and dearer. By default "BALANCED". */
    rendering_speed?: "TURBO" | "BALANCED" | "QUALITY";
    /** Where in the references the character is. Takes image. */
    reference_mask_urls?: (Artifact)[] | null;
    /** Images whose style to take. Takes image. */
    image_urls?: (Artifact)[] | null;
    /** How many images to make. 1 to 8. By default 1. */
    num_images?: number;
    /** Codes of styles, of eight letters and digits. */
    style_codes?: (string)[] | null;
    /** Colours that the image keeps to. */
    color_palette?: {
      name?: "EMBER" | "FRESH" | "JUNGLE" | "MAGIC" | "MELON" | "MOSAIC" | "PASTEL" | "ULTRAMARINE" | null;
      members?: ({
        rgb: {
          /** 0 to 255. By default 0. */
          r?: number;
          /** 0 to 255. By default 0. */
          g?: number;
          /** 0 to 255. By default 0. */
          b?: number;
        };
        /** 0.05 to 1.0. By default 0.5. */
        color_weight?: number;
      })[] | null;
    } | null;
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
  };
  /** Posters and logos with legible type */
  "fal-ideogram-v2": {
    /** What the image shows. */
    prompt: string;
    /** Shape of the image. By default "1:1". */
    aspect_ratio?: "1:1" | "16:9" | "9:16" | "4:3" | "3:4" | "10:16" | "16:10" | "1:3" | "3:1" | "3:2" | "2:3";
    /** Kind of picture. By default "auto". */
    style?: "auto" | "general" | "realistic" | "design" | "render_3D" | "anime";
    /** Let a language model write the prompt out. By default true. */
    expand_prompt?: boolean;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** What the image shall not show. By default "". */
    negative_prompt?: string;
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
  };
  /** Photographs with fine texture and legible type */
  "fal-imagen4-preview": {
    /** What the image shows. */
    prompt: string;
    /** Shape of the image. By default "1:1". */
    aspect_ratio?: "1:1" | "16:9" | "9:16" | "3:4" | "4:3";
    /** How large the image is. By default "1K". */
    resolution?: "1K" | "2K";
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** What the image shall not show. By default "". */
    negative_prompt?: string;
  };
  /** Photographs in a hurry */
  "fal-imagen4-preview-fast": {
    /** What the image shows. */
    prompt: string;
    /** What the image shall not show. By default "". */
    negative_prompt?: string;
    /** Shape of the image. By default "1:1". */
    aspect_ratio?: "1:1" | "16:9" | "9:16" | "3:4" | "4:3";
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
  };
  /** Makes a portrait speak a recording, with head and body moving along */
  "fal-infinitalk": {
    /** The portrait. Takes image. */
    image: Artifact;
    /** What is said. Takes audio. */
    audio: Artifact;
    /** Who speaks where, and how. */
    prompt: string;
    /** How many frames to make. 41 to 721. By default 145. */
    num_frames?: number;
    /** More is slower and dearer. By default "480p". */
    resolution?: "480p" | "720p";
    /** Quicker, at some cost in quality. By default "regular". */
    acceleration?: "none" | "regular" | "high";
    /** The same seed and inputs give a similar result. By default 42. */
    seed?: number;
  };
  /** Has a figure in an image move as somebody does in a video */
  "fal-kling-motion-control": {
    /** The figure. Takes image. */
    image_url: Artifact;
    /** The motion. Takes video. */
    video_url: Artifact;
    /** Whose pose and framing counts: that of the image or of the video. */
    character_orientation: "image" | "video";
    /** What else happens, and where. At most 2500 characters. */
    prompt?: string | null;
    /** Keep the sound of the video. By default true. */
    keep_original_sound?: boolean;
  };
  /** A talking presenter from a picture and a recording, in the finer grade */
  "fal-kling-video-ai-avatar-v2-pro": {
    /** The presenter. Takes image. */
    image: Artifact;
    /** What is said. Takes audio. */
    audio: Artifact;
    /** How the presenter behaves. By default ".". */
    prompt?: string;
  };
  /** A talking presenter from a picture and a recording */
  "fal-kling-video-ai-avatar-v2-standard": {
    /** The presenter. Takes image. */
    image: Artifact;
    /** What is said. Takes audio. */
    audio: Artifact;
    /** How the presenter behaves. By default ".". */
    prompt?: string | null;
  };
  /** Leads from a first image to a last one, or on from the first */
  "fal-kling-video-o3-standard-image-to-video": {
    /** What happens, and how the camera moves. At most 2500 characters. */
    prompt: string;
    /** The first frame. Takes image. */
    start_frame: Artifact;
    /** The last frame. Takes image. */
    end_frame?: Artifact | null;
    /** How long it is, in seconds. By default "5". */
    duration?: "5" | "10";
    /** What shall not occur. At most 2500 characters. By default "blur, distort, and low quality". */
    negative_prompt?: string;
    /** More keeps closer to the prompt. 0.0 to 1.0. By default 0.5. */
    cfg_scale?: number;
  };
  /** Brings an image to life with quick and fluid motion */
  "fal-kling-video-v2-5-turbo-pro-image-to-video": {
    /** What happens, and how the camera moves. At most 2500 characters. */
    prompt: string;
    /** The first frame. Takes image. */
    image_url: Artifact;
    /** How long it is, in seconds. By default "5". */
    duration?: "5" | "10";
    /** What shall not occur. At most 2500 characters. By default "blur, distort, and low quality". */
    negative_prompt?: string;
    /** More keeps closer to the prompt. 0.0 to 1.0. By default 0.5. */
    cfg_scale?: number;
  };
  /** Fluid motion and camera work from a description */
  "fal-kling-video-v2-5-turbo-pro-text-to-video": {
    /** What happens, and how the camera moves. At most 2500 characters. */
    prompt: string;
    /** How long it is, in seconds. By default "5". */
    duration?: "5" | "10";
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "16:9" | "9:16" | "1:1";
    /** What shall not occur. At most 2500 characters. By default "blur, distort, and low quality". */
    negative_prompt?: string;
    /** More keeps closer to the prompt. 0.0 to 1.0. By default 0.5. */
    cfg_scale?: number;
  };
  /** Brings an image to life with speech and sound of its own */
  "fal-kling-video-v2-6-pro-image-to-video": {
    /** What happens, and how the camera moves. At most 2500 characters. */
    prompt: string;
    /** The first frame. Takes image. */
    image_url: Artifact;
    /** How long it is, in seconds. By default "5". */
    duration?: "5" | "10";
    /** What shall not occur. At most 2500 characters. By default "blur, distort, and low quality". */
    negative_prompt?: string;
    /** More keeps closer to the prompt. 0.0 to 1.0. By default 0.5. */
    cfg_scale?: number;
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
    /** The last frame. Takes image. */
    end_image_url?: Artifact | null;
  };
  /** Has a figure in an image move as somebody does in a video, in the finer grade */
  "fal-kling-video-v26-pro-motion-control": {
    /** The figure. Takes image. */
    image_url: Artifact;
    /** The motion. Takes video. */
    video_url: Artifact;
    /** Whose pose and framing counts: that of the image or of the video. */
    character_orientation: "image" | "video";
    /** What else happens, and where. At most 2500 characters. */
    prompt?: string | null;
    /** Keep the sound of the video. By default true. */
    keep_original_sound?: boolean;
  };
  /** Cinematic video with sound that begins with an image */
  "fal-kling-video-v3-pro-image-to-video": {
    /** What happens, and how the camera moves. At most 2500 characters. */
    prompt: string;
    /** The first frame. Takes image. */
    image_url: Artifact;
    /** How long it is, in seconds. By default "5". */
    duration?: "5" | "10";
    /** What shall not occur. At most 2500 characters. By default "blur, distort, and low quality". */
    negative_prompt?: string;
    /** More keeps closer to the prompt. 0.0 to 1.0. By default 0.5. */
    cfg_scale?: number;
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
  };
  /** Cinematic video with sound from a description */
  "fal-kling-video-v3-pro-text-to-video": {
    /** What happens, and how the camera moves. At most 2500 characters. */
    prompt: string;
    /** How long it is, in seconds. By default "5". */
    duration?: "5" | "10";
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "16:9" | "9:16" | "1:1";
    /** What shall not occur. At most 2500 characters. By default "blur, distort, and low quality". */
    negative_prompt?: string;
    /** More keeps closer to the prompt. 0.0 to 1.0. By default 0.5. */
    cfg_scale?: number;
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
  };
  /** Shows a person in a garment */
  "fal-kolors-virtual-try-on": {
    /** The person. Takes image. */
    human_image_url: Artifact;
    /** What the person shall wear. Takes image. */
    garment_image_url: Artifact;
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
  };
  /** Up to 4K with sound from an image, and may end on another */
  "fal-ltx-23-image-to-video": {
    /** The first frame. Takes image. */
    image: Artifact;
    /** What happens, and how the camera moves. 1 to 5000 characters. */
    prompt: string;
    /** The last frame. Takes image. */
    end_image?: Artifact | null;
    /** How long it is, in seconds. By default 6. */
    duration?: 6 | 8 | 10;
    /** More is slower and dearer. By default "1080p". */
    resolution?: "1080p" | "1440p" | "2160p";
    /** Shape of the video. By default "auto". */
    aspect_ratio?: "auto" | "16:9" | "9:16";
    /** Frames a second. By default 25. */
    fps?: 24 | 25 | 48 | 50;
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
  };
  /** Up to 4K at fifty frames a second, with sound, from a description */
  "fal-ltx-23-text-to-video": {
    /** What happens, and how the camera moves. 1 to 5000 characters. */
    prompt: string;
    /** How long it is, in seconds. By default 6. */
    duration?: 6 | 8 | 10;
    /** More is slower and dearer. By default "1080p". */
    resolution?: "1080p" | "1440p" | "2160p";
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "16:9" | "9:16";
    /** Frames a second. By default 25. */
    fps?: 24 | 25 | 48 | 50;
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
  };
  /** Silent video that keeps to physics, from a description */
  "fal-minimax-hailuo-02-standard-text-to-video": {
    /** What happens, and how the camera moves. 1 to 2000 characters. */
    prompt: string;
    /** How long it is, in seconds. By default "6". */
    duration?: "6" | "10";
    /** Have the provider rewrite the prompt. By default true. */
    prompt_optimizer?: boolean;
  };
  /** Brings an image to life in 1080p, without sound */
  "fal-minimax-hailuo-2-3-pro-image-to-video": {
    /** What happens, and how the camera moves. 1 to 2000 characters. */
    prompt: string;
    /** The first frame. Takes image. */
    image_url: Artifact;
    /** Have the provider rewrite the prompt. By default true. */
    prompt_optimizer?: boolean;
  };
  /** Whole songs from a style and lyrics */
  "fal-minimax-music-v2": {
    /** Style, mood and occasion. 10 to 300 characters. */
    prompt: string;
    /** What is sung; [Verse] and [Chorus] on lines of their own divide it. 10 to 3000 characters. */
    lyrics_prompt: string;
    /** Format, sample rate and bit rate. */
    audio_setting?: {
      /** File format. By default "mp3". */
      format?: "mp3" | "pcm" | "flac";
      /** In Hz. By default 44100. */
      sample_rate?: 8000 | 16000 | 22050 | 24000 | 32000 | 44100;
      /** In bits a second. By default 256000. */
      bitrate?: 32000 | 64000 | 128000 | 256000;
    } | null;
  };
  /** Quick speech in many languages and voices */
  "fal-minimax-speech-2-6-turbo": {
    /** What is said. 1 to 10000 characters. */
    prompt: string;
    /** Voice, pace and pitch. By default {}. */
    voice_setting?: {
      /** Name of the voice. By default "Wise_Woman". */
      voice_id?: string;
      /** 1 is natural. By default 1.0. */
      speed?: number;
      /** Semitones up or down. By default 0.0. */
      pitch?: number;
      /** Loudness; 1 is as recorded. By default 1.0. */
      vol?: number;
      /** Read English numbers better, a little slower. By default false. */
      english_normalization?: boolean;
    };
    /** Language or accent to favour; auto finds out by itself. By default "auto". */
    language_boost?: string;
    /** How the provider hands the result over. By default "url". */
    output_format?: "url" | "hex";
    /** How loud the result is. By default {}. */
    normalization_setting?: {
      /** Bring the result to the loudness below. By default true. */
      enabled?: boolean;
      /** In LUFS; -18 suits speech. -70.0 to -10.0. By default -18.0. */
      target_loudness?: number;
      /** In LU. 0.0 to 20.0. By default 8.0. */
      target_range?: number;
      /** In dBTP. -3.0 to 0.0. By default -0.5. */
      target_peak?: number;
    };
  };
  /** Studio-grade speech in many languages and voices */
  "fal-minimax-speech-26-hd": {
    /** What is said. 1 to 10000 characters. */
    prompt: string;
    /** Language or accent to favour; auto finds out by itself. */
    language_boost?: string | null;
    /** How the provider hands the result over. By default "url". */
    output_format?: "hex" | "url";
    /** Voice, pace and pitch. By default {}. */
    voice_setting?: {
      /** Name of the voice. By default "Wise_Woman". */
      voice_id?: string;
      /** 1 is natural. 0.5 to 2.0. By default 1.0. */
      speed?: number;
      /** Loudness; 1 is as recorded. 0.01 to 10.0. By default 1.0. */
      vol?: number;
      /** Semitones up or down. -12 to 12. By default 0. */
      pitch?: number;
      /** Such as happy, sad, angry, fearful, disgusted, surprised or neutral. */
      emotion?: string | null;
      /** Read English numbers better, a little slower. By default false. */
      english_normalization?: boolean;
    };
    /** Format, sample rate and bit rate. By default {}. */
    audio_setting?: {
      /** File format. By default "mp3". */
      format?: "mp3" | "pcm" | "flac";
      /** In Hz. By default 32000. */
      sample_rate?: 8000 | 16000 | 22050 | 24000 | 32000 | 44100;
      /** 1 is mono, 2 stereo. By default 1. */
      channel?: 1 | 2;
      /** In bits a second. By default 128000. */
      bitrate?: 32000 | 64000 | 128000 | 256000;
    };
    /** How loud the result is. By default {}. */
    normalization_setting?: {
      /** Bring the result to the loudness below. By default true. */
      enabled?: boolean;
      /** In LUFS; -18 suits speech. -70.0 to -10.0. By default -18.0. */
      target_loudness?: number;
      /** In LU. 0.0 to 20.0. By default 8.0. */
      target_range?: number;
      /** In dBTP. -3.0 to 0.0. By default -0.5. */
      target_peak?: number;
    };
  };
  /** Images from words, with steps and guidance to set */
  "fal-nano-banana": {
    /** What the image shows. */
    prompt: string;
    /** Shape and size of the image. By default "landscape_4_3". */
    image_size?: "square_hd" | "square" | "portrait_4_3" | "portrait_16_9" | "landscape_4_3" | "landscape_16_9";
    /** More are slower and finer. 1 to 50. By default 4. */
    num_inference_steps?: number;
    /** How closely to keep to the prompt. 1.0 to 20.0. By default 3.5. */
    guidance_scale?: number;
    /** How many images to make. 1 to 10. By default 1. */
    num_images?: number;
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** Send the result inside the answer, so that fal does not keep it. By default true. */
    sync_mode?: boolean;
    /** File format. By default "jpeg". */
    output_format?: "jpeg" | "png";
  };
  /** Images of up to 4K with exact text, after a look on the web if wanted */
  "fal-nano-banana-2": {
    /** What the image shows. 3 to 50000 characters. */
    prompt: string;
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** Shape of the image. By default "auto". */
    aspect_ratio?: "auto" | "21:9" | "16:9" | "3:2" | "4:3" | "5:4" | "1:1" | "4:5" | "3:4" | "2:3" | "9:16";
    /** File format. By default "png". */
    output_format?: "jpeg" | "png" | "webp";
    /** 1 refuses the most, the highest the least. By default "4". */
    safety_tolerance?: "1" | "2" | "3" | "4" | "5" | "6";
    /** How large the image is. By default "1K". */
    resolution?: "0.5K" | "1K" | "2K" | "4K";
    /** Make one image per round, whatever the prompt asks for. By default true. */
    limit_generations?: boolean;
    /** Look things up on the web first. By default false. */
    enable_web_search?: boolean;
    /** Send the result inside the answer, so that fal does not keep it. By default true. */
    sync_mode?: boolean;
  };
  /** Edits and combines images by instruction */
  "fal-nano-banana-edit": {
    /** What shall change. */
    prompt: string;
    /** The images to edit or to combine. Takes image. At least 1 of them. */
    image_sources: (Artifact)[];
    /** How many images to make. 1 to 10. By default 1. */
    num_images?: number;
    /** File format. By default "jpeg". */
    output_format?: "jpeg" | "png" | "webp";
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
    /** Make one image per round, whatever the prompt asks for. By default false. */
    limit_generations?: boolean;
    /** Shape of the images; without one that of the source. */
    aspect_ratio?: "21:9" | "1:1" | "4:3" | "3:2" | "2:3" | "5:4" | "4:5" | "3:4" | "16:9" | "9:16" | null;
  };
  /** Images of up to 4K that follow long prompts, with exact text */
  "fal-nano-banana-pro": {
    /** What the image shows. 3 to 50000 characters. */
    prompt: string;
    /** Shape of the image. By default "1:1". */
    aspect_ratio?: "21:9" | "16:9" | "3:2" | "4:3" | "5:4" | "1:1" | "4:5" | "3:4" | "2:3" | "9:16";
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** How large the image is. By default "1K". */
    resolution?: "1K" | "2K" | "4K";
    /** File format. By default "png". */
    output_format?: "jpeg" | "png" | "webp";
    /** Send the result inside the answer, so that fal does not keep it. By default true. */
    sync_mode?: boolean;
  };
  /** Edits and combines images at up to 4K, after a look on the web if wanted */
  "fal-nano-banana-pro-edit": {
    /** What shall change. 3 to 50000 characters. */
    prompt: string;
    /** The images to edit or to combine. Takes image. At least 1 of them. */
    image_sources: (Artifact)[];
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape of the image. By default "auto". */
    aspect_ratio?: "auto" | "21:9" | "16:9" | "3:2" | "4:3" | "5:4" | "1:1" | "4:5" | "3:4" | "2:3" | "9:16";
    /** How large the image is. By default "1K". */
    resolution?: "1K" | "2K" | "4K";
    /** File format. By default "png". */
    output_format?: "jpeg" | "png" | "webp";
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
    /** Look things up on the web first. By default false. */
    enable_web_search?: boolean;
    /** Make one image per round, whatever the prompt asks for. By default false. */
    limit_generations?: boolean;
  };
  /** Moves a speaker's lips to a recording, or to a text that it speaks */
  "fal-pixverse-lipsync": {
    /** The video of the speaker. Takes video. */
    video_url: Artifact;
    /** What is said; else give a text. Takes audio. */
    audio_url?: Artifact | null;
    /** What is said, when there is no recording. */
    text?: string | null;
    /** Who says the text. By default "Auto". */
    voice_id?: "Emily" | "James" | "Isabella" | "Liam" | "Chloe" | "Adrian" | "Harper" | "Ava" | "Sophia" | "Julia" | "Mason" | "Jack" | "Oliver" | "Ethan" | "Auto";
  };
  /** Images with long texts in Latin and Chinese script, with LoRA models if wanted */
  "fal-qwen-image": {
    /** What the image shows. */
    prompt: string;
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** More are slower and finer. 2 to 250. By default 30. */
    num_inference_steps?: number;
    /** Shape and size of the image. By default "landscape_4_3". */
    image_size?: ("square_hd" | "square" | "portrait_4_3" | "portrait_16_9" | "landscape_4_3" | "landscape_16_9") | ({
      width: number;
      height: number;
    });
    /** File format. By default "png". */
    output_format?: "jpeg" | "png";
    /** How closely to keep to the prompt. 0.0 to 20.0. By default 2.5. */
    guidance_scale?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** What the image shall not show. By default " ". */
    negative_prompt?: string;
    /** Quicker, at some loss of quality. By default "none". */
    acceleration?: "none" | "regular" | "high";
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** Quicker, with settings of its own for steps and guidance. By default false. */
    use_turbo?: boolean;
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
    /** LoRA models to apply, up to three. At most 3 of them. By default []. */
    loras?: ({
      path: string;
      /** 0.0 to 4.0. By default 1.0. */
      scale?: number;
    })[];
  };
  /** Edits and combines up to three images by instruction */
  "fal-qwen-image-2-pro-edit": {
    /** What shall change. At most 800 characters. */
    prompt: string;
    /** The images to edit or to combine. Takes image. 1 to 3 of them. */
    image_urls: (Artifact)[];
    /** How many images to make. 1 to 6. By default 1. */
    num_images?: number;
    /** Shape and size of the image; without one those of the source. */
    image_size?: ("square_hd" | "square" | "portrait_4_3" | "portrait_16_9" | "landscape_4_3" | "landscape_16_9") | ({
      /** 512 to 2048. By default 512. */
      width?: number;
      /** 512 to 2048. By default 512. */
      height?: number;
    }) | null;
    /** What the image shall not show. At most 500 characters. By default "". */
    negative_prompt?: string;
    /** Let a language model write the prompt out. By default true. */
    enable_prompt_expansion?: boolean;
    /** File format. By default "png". */
    output_format?: "jpeg" | "png" | "webp";
    /** The same seed and inputs give the same result. 0 to 2147483647. */
    seed?: number | null;
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
  };
  /** Edits an image by instruction, its lettering too */
  "fal-qwen-image-edit": {
    /** What shall change. */
    prompt: string;
    /** The image to work on. Takes image. */
    image_url: Artifact;
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape and size of the image; without one those of the source. */
    image_size?: ("square_hd" | "square" | "portrait_4_3" | "portrait_16_9" | "landscape_4_3" | "landscape_16_9") | ({
      /** 1 to 14142. By default 512. */
      width?: number;
      /** 1 to 14142. By default 512. */
      height?: number;
    }) | null;
    /** Quicker, at some loss of quality. By default "regular". */
    acceleration?: "none" | "regular" | "high";
    /** File format. By default "png". */
    output_format?: "jpeg" | "png";
    /** How closely to keep to the prompt. 0.0 to 20.0. By default 4.0. */
    guidance_scale?: number;
    /** More are slower and finer. 2 to 50. By default 30. */
    num_inference_steps?: number;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** What the image shall not show. By default " ". */
    negative_prompt?: string;
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
  };
  /** Edits an image by instruction */
  "fal-reve-edit": {
    /** What shall change. 1 to 2560 characters. */
    prompt: string;
    /** The image to work on. Takes image. */
    image_url: Artifact;
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** File format. By default "png". */
    output_format?: "png" | "jpeg" | "webp";
    /** Send the result inside the answer, so that fal does not keep it. By default false. */
    sync_mode?: boolean;
  };
  /** Images that keep to the prompt, with clean type */
  "fal-reve-text-to-image": {
    /** What the image shows. 1 to 2560 characters. */
    prompt: string;
    /** How many images to make. 1 to 4. By default 1. */
    num_images?: number;
    /** Shape of the image. By default "3:2". */
    aspect_ratio?: "16:9" | "9:16" | "3:2" | "2:3" | "4:3" | "3:4" | "1:1";
    /** File format. By default "png". */
    output_format?: "png" | "jpeg" | "webp";
  };
  /** Images of up to 4K, strong at type and layouts */
  "fal-seedream-v45-text-to-image": {
    /** What the image shows. */
    prompt: string;
    /** How many images to make. 1 to 6. By default 1. */
    num_images?: number;
    /** Shape and size of the image. */
    image_size?: "square_hd" | "portrait_4_3" | "landscape_16_9" | "auto_2K" | "auto_4K" | null;
    /** The same seed and inputs give the same result. */
    seed?: number | null;
    /** Check the result before it is given out. By default true. */
    enable_safety_checker?: boolean;
  };
  /** Brings an image to life with sound, in the finer grade */
  "fal-sora-2-image-to-video-pro": {
    /** What happens, and how the camera moves. 1 to 5000 characters. */
    prompt: string;
    /** The first frame. Takes image. */
    image_url: Artifact;
    /** More is slower and dearer. By default "auto". */
    resolution?: "auto" | "720p" | "1080p";
    /** Shape of the video. By default "auto". */
    aspect_ratio?: "auto" | "9:16" | "16:9";
    /** How long it is, in seconds. By default 4. */
    duration?: 4 | 8 | 12;
  };
  /** Video with speech and sound from a description */
  "fal-sora-2-text-to-video": {
    /** What happens, and how the camera moves. 1 to 5000 characters. */
    prompt: string;
    /** More is slower and dearer. By default "720p". */
    resolution?: "720p";
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "9:16" | "16:9";
    /** How long it is, in seconds. By default 4. */
    duration?: 4 | 8 | 12;
  };
  /** Video with speech and sound from a description, up to 1080p */
  "fal-sora-2-text-to-video-pro": {
    /** What happens, and how the camera moves. 1 to 5000 characters. */
    prompt: string;
    /** More is slower and dearer. By default "1080p". */
    resolution?: "720p" | "1080p";
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "9:16" | "16:9";
    /** How long it is, in seconds. By default 4. */
    duration?: 4 | 8 | 12;
  };
  /** Brings an image to life with speech and sound */
  "fal-sora2-image-to-video": {
    /** What happens, and how the camera moves. 1 to 5000 characters. */
    prompt: string;
    /** The first frame. Takes image. */
    image_url: Artifact;
    /** More is slower and dearer. By default "auto". */
    resolution?: "auto" | "720p";
    /** Shape of the video. By default "auto". */
    aspect_ratio?: "auto" | "9:16" | "16:9";
    /** How long it is, in seconds. By default 4. */
    duration?: 4 | 8 | 12;
  };
  /** Fits lips to a recording and keeps the speaker's manner */
  "fal-sync-lipsync-v2": {
    /** The video of the speaker. Takes video. */
    video: Artifact;
    /** What is said. Takes audio. */
    audio: Artifact;
    /** lipsync-2-pro is finer and dearer. By default "lipsync-2". */
    model?: "lipsync-2" | "lipsync-2-pro";
    /** What is done when video and recording are not equally long. By default "cut_off". */
    sync_mode?: "cut_off" | "loop" | "bounce" | "silence" | "remap";
  };
  /** Fits lips to a recording, with fine detail in teeth and beards */
  "fal-sync-lipsync-v2-pro": {
    /** The video of the speaker. Takes video. */
    video: Artifact;
    /** What is said. Takes audio. */
    audio: Artifact;
    /** What is done when video and recording are not equally long. By default "cut_off". */
    sync_mode?: "cut_off" | "loop" | "bounce" | "silence" | "remap";
  };
  /** Video with speech and sound from a description */
  "fal-veo3": {
    /** What happens, and how the camera moves. */
    prompt: string;
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "9:16" | "16:9" | "1:1";
    /** How long it is, in seconds. By default "8s". */
    duration?: "4s" | "6s" | "8s";
    /** More is slower and dearer. By default "720p". */
    resolution?: "720p" | "1080p";
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
    /** Have the provider rewrite the prompt. By default true. */
    enhance_prompt?: boolean;
    /** Rewrite a prompt that the content rules refuse. By default true. */
    auto_fix?: boolean;
    /** The same seed and inputs give a similar result. */
    seed?: number | null;
    /** What shall not occur. */
    negative_prompt?: string | null;
  };
  /** Video with speech and sound that keeps closely to its description */
  "fal-veo31": {
    /** What happens, and how the camera moves. */
    prompt: string;
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "9:16" | "16:9";
    /** How long it is, in seconds. By default "8s". */
    duration?: "4s" | "6s" | "8s";
    /** More is slower and dearer. By default "720p". */
    resolution?: "720p" | "1080p";
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
    /** Have the provider rewrite the prompt. By default true. */
    enhance_prompt?: boolean;
    /** Rewrite a prompt that the content rules refuse. By default true. */
    auto_fix?: boolean;
    /** The same seed and inputs give a similar result. */
    seed?: number | null;
    /** What shall not occur. */
    negative_prompt?: string | null;
  };
  /** Quicker and cheaper takes of Veo 3.1 */
  "fal-veo31-fast": {
    /** What happens, and how the camera moves. */
    prompt: string;
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "9:16" | "16:9";
    /** How long it is, in seconds. By default "8s". */
    duration?: "4s" | "6s" | "8s";
    /** More is slower and dearer. By default "720p". */
    resolution?: "720p" | "1080p";
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
    /** Have the provider rewrite the prompt. By default true. */
    enhance_prompt?: boolean;
    /** Rewrite a prompt that the content rules refuse. By default true. */
    auto_fix?: boolean;
    /** The same seed and inputs give a similar result. */
    seed?: number | null;
    /** What shall not occur. */
    negative_prompt?: string | null;
  };
  /** Quicker and cheaper takes that begin with an image */
  "fal-veo31-fast-image-to-video": {
    /** What happens, and how the camera moves. */
    prompt: string;
    /** The first frame. Takes image. */
    image: Artifact;
    /** Shape of the video. By default "auto". */
    aspect_ratio?: "auto" | "9:16" | "16:9";
    /** How long it is, in seconds. By default "8s". */
    duration?: "4s" | "6s" | "8s";
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
    /** More is slower and dearer. By default "720p". */
    resolution?: "720p" | "1080p";
  };
  /** Fills in what happens from a first frame to a last one */
  "fal-veo31-first-last-frame-to-video": {
    /** The first frame. Takes image. */
    first_frame: Artifact;
    /** The last frame. Takes image. */
    last_frame: Artifact;
    /** What happens, and how the camera moves. */
    prompt: string;
    /** How long it is, in seconds. By default "8s". */
    duration?: "4s" | "6s" | "8s";
    /** Shape of the video. By default "auto". */
    aspect_ratio?: "auto" | "9:16" | "16:9" | "1:1";
    /** More is slower and dearer. By default "720p". */
    resolution?: "720p" | "1080p";
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
  };
  /** Brings an image to life with speech and sound */
  "fal-veo31-image-to-video": {
    /** What happens, and how the camera moves. */
    prompt: string;
    /** The first frame. Takes image. */
    image: Artifact;
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "9:16" | "16:9";
    /** How long it is, in seconds. By default "8s". */
    duration?: "4s" | "6s" | "8s";
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
    /** More is slower and dearer. By default "720p". */
    resolution?: "720p" | "1080p";
  };
  /** Video in which given people and things keep their looks */
  "fal-veo31-reference-to-video": {
    /** People and things that appear. Takes image. */
    image_urls: (Artifact)[];
    /** What happens, and how the camera moves. */
    prompt: string;
    /** How long it is, in seconds. By default "8s". */
    duration?: "8s";
    /** More is slower and dearer. By default "720p". */
    resolution?: "720p" | "1080p";
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
  };
  /** Brings an image to life, to a sound track if there is one */
  "fal-wan-25-preview-image-to-video": {
    /** The first frame. Takes image. */
    image: Artifact;
    /** What happens, and how the camera moves. At most 800 characters. */
    prompt: string;
    /** How long it is, in seconds. By default "5". */
    duration?: "5" | "10";
    /** More is slower and dearer. By default "1080p". */
    resolution?: "480p" | "720p" | "1080p";
    /** Address of a sound track to move to. */
    audio_url?: string | null;
    /** The same seed and inputs give a similar result. */
    seed?: number | null;
    /** What shall not occur. At most 500 characters. */
    negative_prompt?: string | null;
    /** Have the provider enrich the prompt. By default true. */
    enable_prompt_expansion?: boolean;
    /** Check inputs and result before it is given out. By default true. */
    enable_safety_checker?: boolean;
  };
  /** Video from a description, to a sound track if there is one */
  "fal-wan-25-preview-text-to-video": {
    /** What happens, and how the camera moves. 1 to 800 characters. */
    prompt: string;
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "16:9" | "9:16" | "1:1";
    /** More is slower and dearer. By default "1080p". */
    resolution?: "480p" | "720p" | "1080p";
    /** How long it is, in seconds. By default 5. */
    duration?: 5 | 10;
    /** Address of a sound track to move to. */
    audio_url?: string | null;
    /** The same seed and inputs give a similar result. */
    seed?: number | null;
    /** Check inputs and result before it is given out. By default true. */
    enable_safety_checker?: boolean;
    /** What shall not occur. At most 500 characters. */
    negative_prompt?: string | null;
    /** Have the provider enrich the prompt. By default true. */
    enable_prompt_expansion?: boolean;
  };
  /** Six silent seconds in 1080p that begin with an image */
  "fal-wan-pro-image-to-video": {
    /** The first frame. Takes image. */
    image: Artifact;
    /** What happens, and how the camera moves. */
    prompt: string;
    /** The same seed and inputs give a similar result. */
    seed?: number | null;
    /** Check inputs and result before it is given out. By default true. */
    enable_safety_checker?: boolean;
  };
  /** Images with exact text and careful composition, from words and up to fourteen images */
  "gemini-3-pro-image": {
    /** What the image shows, or what shall change. At least 1 characters. */
    prompt: string;
    /** Images to edit or to combine. Takes image. At most 14 of them. */
    image_sources?: (Artifact)[] | null;
    /** Shape of the image. By default "1:1". */
    aspect_ratio?: "1:1" | "2:3" | "3:2" | "3:4" | "4:3" | "9:16" | "16:9" | "21:9";
    /** About how many pixels a side has. By default "1K". */
    image_size?: "1K" | "2K" | "4K";
    /** The same seed and inputs give a similar image. */
    seed?: number | null;
  };
  /** Images from words, and edits of up to fourteen images by instruction */
  "gemini-3.1-flash-image": {
    /** What the image shows, or what shall change. At least 1 characters. */
    prompt: string;
    /** Images to edit or to combine. Takes image. At most 14 of them. */
    image_sources?: (Artifact)[] | null;
    /** Shape of the image. By default "1:1". */
    aspect_ratio?: "1:1" | "2:3" | "3:2" | "3:4" | "4:3" | "9:16" | "16:9" | "21:9";
    /** About how many pixels a side has. By default "1K". */
    image_size?: "1K" | "2K" | "4K";
    /** The same seed and inputs give a similar image. */
    seed?: number | null;
  };
  /** Edits and combines up to ten images by instruction */
  "kie-nano-banana-edit": {
    /** What shall change. At most 5000 characters. */
    prompt: string;
    /** The images to edit or to combine. Takes image. 1 to 10 of them. */
    image_sources: (Artifact)[];
    /** File format. By default "png". */
    output_format?: "png" | "jpeg";
    /** Shape of the image. By default "1:1". */
    image_size?: "1:1" | "9:16" | "16:9" | "3:4" | "4:3" | "3:2" | "2:3" | "5:4" | "4:5" | "21:9" | "auto";
  };
  /** Images with exact lettering from a description, or edits of up to three images */
  "kie-qwen-image-2": {
    /** What the image shows, or what shall change. At most 5000 characters. */
    prompt: string;
    /** Images to edit or to combine. Takes image. 1 to 3 of them. */
    image_sources?: (Artifact)[] | null;
    /** Shape of the image. By default "1:1". */
    image_size?: "1:1" | "4:3" | "3:4" | "16:9" | "9:16";
    /** File format. By default "png". */
    output_format?: "png" | "jpeg";
    /** The same seed and inputs give a similar image. */
    seed?: number | null;
  };
  /** Changes a video by instruction: objects, light, angle, season */
  "kie-runway-aleph": {
    /** What shall change. At most 5000 characters. */
    prompt: string;
    /** The video; its first five seconds are used. Takes video. */
    video_source: Artifact;
    /** What the result shall look like. Takes image. */
    reference_image?: Artifact | null;
    /** Shape of the video; without one that of the source. */
    aspect_ratio?: "16:9" | "9:16" | "4:3" | "3:4" | "1:1" | "21:9" | null;
    /** The same seed and inputs give a similar result. */
    seed?: number | null;
  };
  /** Video with sound that follows images, videos and recordings, or goes from one image to another */
  "kie-seedance-2": {
    /** What happens, and how the camera moves. 3 to 2500 characters. */
    prompt: string;
    /** People and things that appear. Takes image. 1 to 9 of them. */
    reference_image_sources?: (Artifact)[] | null;
    /** Motion, camera and cut to follow; they lower the price. Takes video. 1 to 3 of them. */
    reference_video_sources?: (Artifact)[] | null;
    /** Voices and music to follow. Takes audio. 1 to 3 of them. */
    reference_audio_sources?: (Artifact)[] | null;
    /** The image to begin with. Takes image. Exactly 1 of them. */
    first_frame_image?: (Artifact)[] | null;
    /** The image to end with. Takes image. Exactly 1 of them. */
    last_frame_image?: (Artifact)[] | null;
    /** More is slower and dearer. By default "720p". */
    resolution?: "480p" | "720p";
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "16:9" | "9:16" | "1:1" | "4:3" | "3:4" | "21:9";
    /** How long it is, in seconds. By default 8. */
    duration?: 4 | 8 | 12;
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
  };
  /** Quicker and cheaper takes of Seedance 2 */
  "kie-seedance-2-fast": {
    /** What happens, and how the camera moves. 3 to 2500 characters. */
    prompt: string;
    /** People and things that appear. Takes image. 1 to 9 of them. */
    reference_image_sources?: (Artifact)[] | null;
    /** Motion, camera and cut to follow; they lower the price. Takes video. 1 to 3 of them. */
    reference_video_sources?: (Artifact)[] | null;
    /** Voices and music to follow. Takes audio. 1 to 3 of them. */
    reference_audio_sources?: (Artifact)[] | null;
    /** The image to begin with. Takes image. Exactly 1 of them. */
    first_frame_image?: (Artifact)[] | null;
    /** The image to end with. Takes image. Exactly 1 of them. */
    last_frame_image?: (Artifact)[] | null;
    /** More is slower and dearer. By default "720p". */
    resolution?: "480p" | "720p";
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "16:9" | "9:16" | "1:1" | "4:3" | "3:4" | "21:9";
    /** How long it is, in seconds. By default 8. */
    duration?: 4 | 8 | 12;
    /** Make speech and sound as well. By default true. */
    generate_audio?: boolean;
  };
  /** Noises, beats and loops in a key and a tempo */
  "kie-suno-sounds": {
    /** What is heard. At most 500 characters. */
    prompt: string;
    /** Version; without one the provider chooses. */
    model?: "V5" | "V5_5" | null;
    /** The end leads into the beginning. By default false. */
    sound_loop?: boolean;
    /** Beats a minute. 1 to 300. */
    sound_tempo?: number | null;
    /** Musical key; m is minor. By default "Any". */
    sound_key?: "Any" | "C" | "C#" | "D" | "D#" | "E" | "F" | "F#" | "G" | "G#" | "A" | "A#" | "B" | "Cm" | "C#m" | "Dm" | "D#m" | "Em" | "Fm" | "F#m" | "Gm" | "G#m" | "Am" | "A#m" | "Bm";
    /** Write down what is sung. By default false. */
    grab_lyrics?: boolean;
  };
  /** Whole songs, sung or instrumental, two versions at once */
  "kie-suno-v5-5": {
    /** Name of the song. At most 200 characters. */
    title: string;
    /** Genre, instruments, mood and voice. At most 1000 characters. */
    style: string;
    /** What is sung; needed unless it is instrumental. At most 5000 characters. By default "". */
    lyrics?: string;
    /** Nobody sings. By default false. */
    instrumental?: boolean;
    /** A man's voice or a woman's. */
    vocal_gender?: "m" | "f" | null;
    /** Id of a persona of the account, whose voice sings. */
    persona_id?: string | null;
  };
  /** Eight seconds of video with sound, from words or between two images */
  "kie-veo3": {
    /** What happens, and what is heard. At most 5000 characters. */
    prompt: string;
    /** The first image, or the first and the last. Takes image. 1 to 2 of them. */
    image_sources?: (Artifact)[] | null;
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "16:9" | "9:16" | "Auto";
    /** veo3 looks better, veo3_fast is cheaper. By default "veo3". */
    model?: "veo3" | "veo3_fast";
  };
  /** Shots of a storyboard as a video with words and music. Free, on this machine */
  "local-animatic": {
    /** The shots in order. 1 to 500 of them. */
    shots: ({
      /** An image, or a video without its sound; none is a plain ground. Takes image or video. */
      media?: Artifact | null;
      /** How long; a shorter video stands still at its end, a longer one is cut. At most 1800. More than 0. By default 3. */
      seconds?: number;
      /** The words over it. At most 10000 characters. By default "". */
      caption?: string;
    })[];
    /** Music; cut or repeated to the length of the video. Takes audio. */
    audio?: Artifact | null;
    /** Width to height, such as 9:16. By default "16:9". */
    aspect_ratio?: string;
    /** Longest side in pixels. 160 to 1920. By default 1280. */
    size?: number;
    /** Loudness of the music. 0 to 2. By default 1. */
    volume?: number;
  };
  /** Two to nine images on one sheet, in four layouts. Free, on this machine */
  "local-collage": {
    /** Two to nine images, in reading order; a mosaic shows the first one largest. Takes image. 2 to 9 of them. */
    images: (Artifact)[];
    /** Equal rows, a mosaic of sizes, one strip, or loose prints on a table. By default "grid". */
    layout?: "grid" | "mosaic" | "strip" | "freeform";
    /** Width to height. By default "1:1". */
    aspect_ratio?: "1:1" | "4:5" | "3:4" | "2:3" | "9:16" | "5:4" | "4:3" | "3:2" | "16:9";
    /** Longest side in pixels. 256 to 4096. By default 1536. */
    size?: number;
    /** Space around the images, as a share of the longest side. 0 to 0.1. By default 0.012. */
    gap?: number;
    /** Radius of round corners, as a share of the longest side. 0 to 0.1. By default 0. */
    corner?: number;
    /** Colour of the sheet as #rrggbb. By default "#f4f1ea". */
    background?: string;
    /** Decides how mosaic and freeform fall out; none takes a new one. 0 to 4294967295. */
    seed?: number | null;
    /** File format. By default "png". */
    output_format?: "png" | "jpg" | "webp";
  };
  /** Edit an image: turn, crop, fit, grade, blur, add text. Free, on this machine */
  "local-edit": {
    /** The image to edit. Takes image. */
    image_source: Artifact;
    /** Turn clockwise by so many degrees; empty corners are cropped away. -360 to 360. By default 0. */
    rotate?: number;
    /** Mirror left to right, or top to bottom. By default "none". */
    flip?: "none" | "horizontal" | "vertical" | "both";
    /** Keep the largest part of this width to height. */
    crop_aspect?: "1:1" | "4:5" | "3:4" | "2:3" | "9:16" | "5:4" | "4:3" | "3:2" | "16:9" | null;
    /** Which side is kept when cropping to an aspect ratio or covering a size. By default "centre". */
    crop_focus?: "centre" | "top" | "bottom" | "left" | "right";
    /** Keep this rectangle, in shares of the image from 0 to 1. */
    crop_box?: {
      /** Left edge. At least 0. Less than 1. */
      x: number;
      /** Top edge. At least 0. Less than 1. */
      y: number;
      /** Width. At most 1. More than 0. */
      width: number;
      /** Height. At most 1. More than 0. */
      height: number;
    } | null;
    /** New width in pixels; alone it keeps the proportions. 16 to 8192. */
    fit_width?: number | null;
    /** New height in pixels; alone it keeps the proportions. 16 to 8192. */
    fit_height?: number | null;
    /** With both sides given: cover cuts off, contain adds background, stretch bends. By default "cover". */
    fit?: "cover" | "contain" | "stretch";
    /** Background for contain, as #rrggbb. By default "#000000". */
    background?: string;
    /** A ready-made look; the sliders come on top of it. By default "none". */
    preset?: "none" | "noir" | "sunset" | "dusk" | "cinema" | "vivid" | "faded" | "sepia" | "cool" | "dream";
    /** Darker or lighter. -1 to 1. By default 0. */
    brightness?: number;
    /** Flatter or harder. -1 to 1. By default 0. */
    contrast?: number;
    /** Greyer or more colourful; -1 is black and white. -1 to 1. By default 0. */
    saturation?: number;
    /** Bluer or more golden. -1 to 1. By default 0. */
    warmth?: number;
    /** Darker corners. 0 to 1. By default 0. */
    vignette?: number;
    /** Film grain. 0 to 1. By default 0. */
    grain?: number;
    /** Blur radius in pixels. 0 to 100. By default 0. */
    blur?: number;
    /** Text to write over the image. At most 300 characters. */
    text?: string | null;
    /** Where. By default "bottom". */
    text_position?: "top-left" | "top" | "top-right" | "left" | "centre" | "right" | "bottom-left" | "bottom" | "bottom-right";
    /** Size of the letters as a share of the image's height. 0.01 to 0.5. By default 0.08. */
    text_size?: number;
    /** Colour as #rrggbb. By default "#ffffff". */
    text_color?: string;
    /** Typeface. By default "black". */
    text_font?: "sans" | "black" | "condensed" | "serif";
    /** What makes it readable on the image. By default "shadow". */
    text_style?: "plain" | "shadow" | "panel";
    /** File format. By default "png". */
    output_format?: "png" | "jpg" | "webp";
  };
  /** One picture of a video: at a time, the first or the last. Free, on this machine */
  "local-frame": {
    /** The video. Takes video. */
    video: Artifact;
    /** Which picture; the last one is what a following video can begin with. By default "time". */
    at?: "time" | "first" | "last";
    /** Seconds from the begin, for at = time; beyond the end it is the last picture. 0 to 86400. By default 0. */
    time?: number;
    /** File format. By default "png". */
    output_format?: "png" | "jpg" | "webp";
  };
  /** Music from a mood: chords, bass, melody and drums. Free, on this machine */
  "local-music": {
    /** Decides scale, chords, tempo and instruments. By default "calm". */
    mood?: "calm" | "bright" | "dark" | "dreamy" | "driving";
    /** Length in seconds. 1 to 300. By default 30. */
    seconds?: number;
    /** Beats per minute; none takes the mood's own. 40 to 200. */
    bpm?: number | null;
    /** Tonic; auto goes by the seed. By default "auto". */
    key?: "auto" | "C" | "C#" | "D" | "Eb" | "E" | "F" | "F#" | "G" | "Ab" | "A" | "Bb" | "B";
    /** auto goes by the mood. By default "auto". */
    drums?: "auto" | "on" | "off";
    /** The same seed gives the same music; none takes a new one. 0 to 4294967295. */
    seed?: number | null;
  };
  /** Put music or speech under a video. Free, on this machine */
  "local-mux": {
    /** The video; its pictures stay as they are. Takes video. */
    video: Artifact;
    /** The new sound. Takes audio. */
    audio: Artifact;
    /** Loudness of the new sound. 0 to 2. By default 1. */
    volume?: number;
    /** Loudness of the video's own sound, mixed in; 0 leaves it out. 0 to 2. By default 0. */
    original_volume?: number;
    /** Repeat a sound that is shorter than the video; else silence follows. By default true. */
    loop?: boolean;
    /** Seconds of the video before the new sound begins. 0 to 3600. By default 0. */
    offset?: number;
    /** Seconds over which the sound fades at the end. 0 to 30. By default 1. */
    fade_out?: number;
  };
  /** The smallest real image after a delay, for measuring. Free, on this machine */
  "local-noop": {
    /** Seconds to wait before the artifact is made. 0 to 3600. By default 0. */
    delay?: number;
    /** Size of the file in bytes; 0 or too small gives the smallest there is. 0 to 67108864. By default 0. */
    size?: number;
  };
  /** A poster from words: procedural art and type in 17 styles. Free, on this machine */
  "local-poster": {
    /** What the poster says and shows. Of a long prompt the first phrase becomes the title and the whole a caption; a line break sets the two yourself. 1 to 500 characters. */
    prompt: string;
    /** How it is drawn; auto goes by the words of the prompt. By default "auto". */
    style?: "auto" | "waves" | "ridges" | "dunes" | "city" | "night" | "tiles" | "forms" | "arcs" | "rays" | "cutout" | "flow" | "contours" | "pulse" | "halftone" | "mesh" | "echo" | "slabs";
    /** Its colours; auto goes by the words of the prompt. By default "auto". */
    palette?: "auto" | "sea" | "fire" | "forest" | "night" | "desert" | "ice" | "dawn" | "autumn" | "neon" | "blue-note" | "noir" | "bloom" | "citrus" | "coffee" | "rain" | "candy" | "mint" | "bauhaus";
    /** Width to height. By default "4:5". */
    aspect_ratio?: "1:1" | "4:5" | "3:4" | "2:3" | "9:16" | "5:4" | "4:3" | "3:2" | "16:9";
    /** Longest side in pixels. 128 to 2048. By default 1024. */
    size?: number;
    /** Width in pixels, in place of aspect ratio and size. 128 to 2048. */
    width?: number | null;
    /** Height in pixels, in place of aspect ratio and size. 128 to 2048. */
    height?: number | null;
    /** How many; each has the next seed. 1 to 8. By default 1. */
    num_outputs?: number;
    /** The same seed gives the same poster; none takes a new one. 0 to 4294967295. */
    seed?: number | null;
    /** File format. By default "png". */
    output_format?: "png" | "jpg" | "webp";
  };
  /** A video of images with movement, cross-fades and music. Free, on this machine */
  "local-slideshow": {
    /** One to fifty images in order. Takes image. 1 to 50 of them. */
    images: (Artifact)[];
    /** Music; cut or repeated to the length of the video. Takes audio. */
    audio?: Artifact | null;
    /** How long each image stands; the video lasts that times their number. 0.5 to 30. By default 4. */
    seconds_per_image?: number;
    /** Seconds of cross-fade between two images; 0 cuts. 0 to 5. By default 1. */
    transition?: number;
    /** How the view moves over each image; auto mixes. By default "auto". */
    motion?: "auto" | "zoom" | "pan" | "none";
    /** Cover cuts images to the frame, contain shows them whole on a blurred copy; auto covers unless that would lose much. By default "auto". */
    fit?: "auto" | "cover" | "contain";
    /** Width to height. By default "16:9". */
    aspect_ratio?: "1:1" | "4:5" | "3:4" | "2:3" | "9:16" | "5:4" | "4:3" | "3:2" | "16:9";
    /** Longest side in pixels. 160 to 1920. By default 1280. */
    size?: number;
    /** Frames per second. By default 25. */
    fps?: 12 | 24 | 25 | 30;
    /** Loudness of the music. 0 to 2. By default 1. */
    volume?: number;
    /** Decides the movements; none takes a new one. 0 to 4294967295. */
    seed?: number | null;
  };
  /** A text read aloud in thirty languages. Free, on this machine */
  "local-speech": {
    /** The text to say. 1 to 5000 characters. */
    text: string;
    /** Language of the text. By default "en-us". */
    language?: "en-us" | "en-gb" | "de" | "fr" | "es" | "es-419" | "it" | "pt" | "pt-br" | "nl" | "sv" | "nb" | "da" | "fi" | "pl" | "cs" | "sk" | "hu" | "ro" | "bg" | "el" | "ru" | "uk" | "tr" | "ar" | "hi" | "id" | "vi" | "cmn" | "ko";
    /** Who speaks. By default "plain". */
    voice?: "plain" | "woman" | "soft woman" | "man" | "deep man" | "old man" | "whisper";
    /** Words per minute. 80 to 400. By default 160. */
    rate?: number;
    /** How high the voice is. 0 to 100. By default 50. */
    pitch?: number;
  };
  /** Prompt variants for image models from a subject. Free, on this machine */
  "local-text": {
    /** What the picture shows, such as: a lighthouse in a storm. 1 to 300 characters. */
    subject: string;
    /** What kind of picture; any mixes photo, cinematic, illustration, painting. By default "any". */
    manner?: "any" | "photo" | "cinematic" | "illustration" | "painting" | "product" | "portrait";
    /** How many prompts. 1 to 20. By default 3. */
    variants?: number;
    /** The same seed gives the same prompts; none takes a new one. 0 to 4294967295. */
    seed?: number | null;
  };
  /** Enlarge an image two to four times and sharpen it. Free, on this machine */
  "local-upscale": {
    /** The image to enlarge; the result has at most 64 megapixels. Takes image. */
    image_source: Artifact;
    /** Times as wide and high. By default 2. */
    factor?: 2 | 3 | 4;
    /** How much edges are sharpened. 0 to 1. By default 0.5. */
    sharpen?: number;
    /** File format. By default "png". */
    output_format?: "png" | "jpg" | "webp";
  };
  /** Composed, painterly images from a description */
  "luma-photon-1": {
    /** What the image shows. At least 1 characters. */
    prompt: string;
    /** An image to change as the prompt says. Takes image. */
    source?: Artifact | null;
    /** Shape of the image. By default "16:9". */
    aspect_ratio?: "16:9" | "9:16" | "1:1" | "4:3" | "3:4" | "21:9" | "9:21";
    /** File format. By default "jpg". */
    format?: "jpg" | "png";
  };
  /** Quick images from a description */
  "luma-photon-flash-1": {
    /** What the image shows. At least 1 characters. */
    prompt: string;
    /** Shape of the image. By default "16:9". */
    aspect_ratio?: "16:9" | "9:16" | "1:1" | "4:3" | "3:4" | "21:9" | "9:21";
    /** File format. By default "jpg". */
    format?: "jpg" | "png";
  };
  /** Videos with natural, coherent motion from a description */
  "luma-ray-2": {
    /** What happens, and how the camera moves. At least 1 characters. */
    prompt: string;
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "16:9" | "9:16" | "1:1" | "4:3" | "3:4" | "21:9" | "9:21";
    /** More is slower and dearer. By default "720p". */
    resolution?: "540p" | "720p" | "1080p" | "4k";
    /** How long it is. By default "5s". */
    duration?: "5s" | "9s";
    /** The end leads into the beginning. By default false. */
    loop?: boolean;
  };
  /** Quick videos from a description */
  "luma-ray-flash-2": {
    /** What happens, and how the camera moves. At least 1 characters. */
    prompt: string;
    /** Shape of the video. By default "16:9". */
    aspect_ratio?: "16:9" | "9:16" | "1:1" | "4:3" | "3:4" | "21:9" | "9:21";
    /** More is slower and dearer. By default "720p". */
    resolution?: "540p" | "720p" | "1080p" | "4k";
    /** How long it is. By default "5s". */
    duration?: "5s" | "9s";
    /** The end leads into the beginning. By default false. */
    loop?: boolean;
  };
  /** Illustrations and photographs in two styles */
  "openai-dall-e-3": {
    /** What the image shows. */
    prompt: string;
    /** Width and height in pixels. By default "1024x1024". */
    size?: "1024x1024" | "1024x1792" | "1792x1024";
    /** hd has finer detail and is dearer. By default "standard". */
    quality?: "standard" | "hd";
    /** Dramatic, or closer to life. By default "vivid". */
    style?: "vivid" | "natural";
  };
  /** Speech that is told how to sound: tone, pace, accent, mood */
  "openai-gpt-4o-mini-tts": {
    /** What is said. 1 to 4096 characters. */
    text: string;
    /** Who says it. By default "alloy". */
    voice?: "alloy" | "ash" | "ballad" | "coral" | "echo" | "fable" | "marin" | "nova" | "onyx" | "sage" | "shimmer" | "verse" | "cedar";
    /** How it is said, such as quietly, as to a child. By default "". */
    instructions?: string;
    /** File format. By default "mp3". */
    response_format?: "mp3" | "opus" | "aac" | "flac" | "wav";
  };
  /** Inexpensive images that follow long instructions, also with transparent ground */
  "openai-gpt-image-1-mini": {
    /** What the image shows. 1 to 32000 characters. */
    prompt: string;
    /** How many images to make. 1 to 10. By default 1. */
    n?: number;
    /** Width and height in pixels. By default "1024x1024". */
    size?: "1024x1024" | "1536x1024" | "1024x1536";
    /** More is slower and dearer. By default "medium". */
    quality?: "low" | "medium" | "high";
    /** Transparent needs PNG or WebP. By default "auto". */
    background?: "auto" | "transparent" | "opaque";
    /** File format. By default "png". */
    output_format?: "png" | "jpeg" | "webp";
    /** How strictly prompts are refused. By default "auto". */
    moderation?: "auto" | "low";
  };
  /** Inexpensive edits of up to sixteen images, with or without a mask */
  "openai-gpt-image-1-mini-edit": {
    /** What shall change. 1 to 32000 characters. */
    prompt: string;
    /** The images to edit or to combine. Takes image. 1 to 16 of them. */
    image_sources: (Artifact)[];
    /** Where it is transparent, the first image is edited. Takes image. */
    mask?: Artifact | null;
    /** How many images to make. 1 to 10. By default 1. */
    n?: number;
    /** Width and height in pixels. By default "1024x1024". */
    size?: "1024x1024" | "1536x1024" | "1024x1536";
    /** More is slower and dearer. By default "medium". */
    quality?: "low" | "medium" | "high";
    /** Transparent needs PNG or WebP. By default "auto". */
    background?: "auto" | "transparent" | "opaque";
    /** File format. By default "png". */
    output_format?: "png" | "jpeg" | "webp";
  };
  /** Images with exact text, from words or by editing up to sixteen images */
  "openai-gpt-image-2": {
    /** What the image shows, or what shall change. 1 to 32000 characters. */
    prompt: string;
    /** Images to edit or to combine. Takes image. At most 16 of them. */
    image_sources?: (Artifact)[] | null;
    /** How many images to make. 1 to 10. By default 1. */
    n?: number;
    /** Width and height in pixels. By default "1024x1024". */
    size?: "1024x1024" | "1536x1024" | "1024x1536";
    /** More is slower and dearer. By default "medium". */
    quality?: "low" | "medium" | "high";
    /** What is behind the subject. By default "auto". */
    background?: "auto" | "opaque";
    /** File format. By default "png". */
    output_format?: "png" | "jpeg" | "webp";
  };
  /** Writes down what is said in a recording, also over noise and in many tongues */
  "openai-gpt-transcribe": {
    /** The recording. Takes audio. */
    audio_source: Artifact;
    /** Two letters, such as en; without any it is found out. By default "". */
    language?: string;
    /** Names and words that occur in it. By default "". */
    prompt?: string;
  };
  /** Speech in thirteen voices, quick and even */
  "openai-tts-1": {
    /** What is said. 1 to 4096 characters. */
    text: string;
    /** Who says it. By default "alloy". */
    voice?: "alloy" | "ash" | "ballad" | "coral" | "echo" | "fable" | "marin" | "nova" | "onyx" | "sage" | "shimmer" | "verse" | "cedar";
    /** File format. By default "mp3". */
    response_format?: "mp3" | "opus" | "aac" | "flac" | "wav";
    /** 1 is natural. 0.25 to 4.0. By default 1.0. */
    speed?: number;
  };
  /** Speech in thirteen voices, in the finer grade */
  "openai-tts-1-hd": {
    /** What is said. 1 to 4096 characters. */
    text: string;
    /** Who says it. By default "alloy". */
    voice?: "alloy" | "ash" | "ballad" | "coral" | "echo" | "fable" | "marin" | "nova" | "onyx" | "sage" | "shimmer" | "verse" | "cedar";
    /** File format. By default "mp3". */
    response_format?: "mp3" | "opus" | "aac" | "flac" | "wav";
    /** 1 is natural. 0.25 to 4.0. By default 1.0. */
    speed?: number;
  };
  /** Writes down what is said in a recording */
  "openai-whisper": {
    /** The recording. Takes audio. */
    audio_source: Artifact;
    /** Two letters, such as en. By default "en". */
    language?: string;
    /** Names and words that occur in it. By default "". */
    prompt?: string;
  };
  /** Photographs and graphics that keep to long prompts */
  "replicate-flux-pro": {
    /** What the image shows. */
    prompt: string;
    /** Shape of the image. By default "1:1". */
    aspect_ratio?: "1:1" | "16:9" | "21:9" | "2:3" | "3:2" | "4:5" | "5:4" | "9:16" | "9:21";
    /** 1 refuses the most, 5 the least. 1 to 5. By default 2. */
    safety_tolerance?: number;
  };
  /** Drafts in a second or two, up to four at once */
  "replicate-flux-schnell": {
    /** What the image shows. */
    prompt: string;
    /** How many images to make. 1 to 4. By default 1. */
    num_outputs?: number;
    /** Fewer are quicker and rougher. 1 to 4. By default 4. */
    num_inference_steps?: number;
    /** The same seed and inputs give the same image, unless it is made fast. */
    seed?: number | null;
    /** File format. By default "webp". */
    output_format?: "webp" | "jpg" | "png";
    /** Of WebP and JPEG; 100 is the best. 0 to 100. By default 80. */
    output_quality?: number;
    /** Quicker, at a little less quality. By default true. */
    go_fast?: boolean;
    /** Do not check the images before they are given out. By default false. */
    disable_safety_checker?: boolean;
  };
  /** Moves a speaker's lips to another recording */
  "replicate-lipsync": {
    /** What is said. Takes audio. */
    audio_source: Artifact;
    /** The video of the speaker. Takes video. */
    video_source: Artifact;
    /** A note to the model, which most versions ignore. */
    prompt?: string | null;
  };
  /** Cinematic stills from a description */
  "runway-gen4-image": {
    /** What the image shows. 1 to 1000 characters. */
    prompt: string;
    /** Width and height in pixels. By default "1920:1080". */
    ratio?: "1920:1080" | "1080:1920" | "1080:1080" | "1024:1024" | "1440:1080" | "1080:1440" | "1168:880" | "1360:768" | "1808:768" | "2112:912" | "1280:720" | "720:1280" | "720:720" | "960:720" | "720:960" | "1680:720";
    /** How strictly known people are refused. By default "auto". */
    public_figures?: "auto" | "low";
    /** The same seed and inputs give a similar image. 0 to 4294967295. */
    seed?: number | null;
  };
  /** Brings an image to life, quickly */
  "runway-gen4-turbo": {
    /** The first frame. Takes image. */
    image_source: Artifact;
    /** What happens. At most 1000 characters. */
    prompt?: string | null;
    /** Width and height in pixels. By default "1280:720". */
    ratio?: "1280:720" | "720:1280" | "1104:832" | "832:1104" | "960:960" | "1584:672";
    /** How long it is. 2 to 10. By default 5. */
    duration?: number;
    /** How strictly known people are refused. By default "auto". */
    public_figures?: "auto" | "low";
    /** The same seed and inputs give a similar video. 0 to 4294967295. */
    seed?: number | null;
  };
  /** Cinematic video from a description, or from an image */
  "runway-gen4.5": {
    /** What happens, and how the camera moves. 1 to 1000 characters. */
    prompt: string;
    /** The first frame. Takes image. */
    image_source?: Artifact | null;
    /** Width and height in pixels. By default "1280:720". */
    ratio?: "1280:720" | "720:1280";
    /** How long it is. 2 to 10. By default 5. */
    duration?: number;
    /** How strictly known people are refused. By default "auto". */
    public_figures?: "auto" | "low";
    /** The same seed and inputs give a similar video. 0 to 4294967295. */
    seed?: number | null;
  };
  /** Video with speech and sound from a description, or from an image */
  "runway-veo3.1": {
    /** What happens, and what is heard. 1 to 1000 characters. */
    prompt: string;
    /** The first frame. Takes image. */
    image_source?: Artifact | null;
    /** Width and height in pixels. By default "1280:720". */
    ratio?: "1280:720" | "720:1280" | "1080:1920" | "1920:1080";
    /** How long it is. By default 8. */
    duration?: 4 | 6 | 8;
    /** Make speech and sound as well. By default true. */
    audio?: boolean;
  };
  /** Quicker and cheaper takes of Veo 3.1 */
  "runway-veo3.1-fast": {
    /** What happens, and what is heard. 1 to 1000 characters. */
    prompt: string;
    /** The first frame. Takes image. */
    image_source?: Artifact | null;
    /** Width and height in pixels. By default "1280:720". */
    ratio?: "1280:720" | "720:1280" | "1080:1920" | "1920:1080";
    /** How long it is. By default 8. */
    duration?: 4 | 6 | 8;
    /** Make speech and sound as well. By default true. */
    audio?: boolean;
  };
  /** Makes any picture speak a recording */
  "veed-fabric-1.0": {
    /** The picture that speaks. Takes image. */
    image_url: Artifact;
    /** What is said. Takes audio. */
    audio_url: Artifact;
    /** More is slower and dearer. By default "720p". */
    resolution?: "720p" | "480p";
  };
  /** Moves a speaker's lips to another recording */
  "veed-lipsync": {
    /** The video of the speaker. Takes video. */
    video_url: Artifact;
    /** What is said. Takes audio. */
    audio_url: Artifact;
  };
}

/** A request whose inputs go with its generator. */
export type TypedRequest = {
  [Name in keyof GeneratorInputs]: { generator: Name; inputs: GeneratorInputs[Name] };
}[keyof GeneratorInputs];
